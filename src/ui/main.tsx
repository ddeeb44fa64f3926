// Entry of the page: checks the browser, joins form, address and session, draws.

import { computed, effect, signal } from '@preact/signals';
import { render } from 'preact';
import { toQuery } from '../config/index.ts';
import { pagePart, pageParts, settingsPart, withPageParts } from './browser/address.ts';
import { readEmbedding } from './browser/embedding.ts';
import { preventStrayDrops } from './browser/fileDrops.ts';
import { mendLanguage } from './browser/language.ts';
import { keepOffline } from './browser/offline.ts';
import { followProjector } from './browser/projector.ts';
import { missingFeatures, supportMessage } from './browser/support.ts';
import { followTheme } from './browser/theme.ts';
import { createAutomation } from './commands/automation.ts';
import { followAddress, view } from './commands/route.ts';
import { viewOfHash } from './commands/viewNames.ts';
import type { WorkerLinks } from './session/connections.ts';
import { Session } from './session/session.ts';
import { workerLinks } from './session/workers.ts';
import { App } from './shell/App.tsx';
import { draftOfQuery } from './state/form/draft.ts';
import { settingsOpen } from './state/form/settingsOpen.ts';
import { readStart, startText } from './state/form/startPoint.ts';
import { lessonOfView, lessonParts, lessonPlace, readLessonPlace } from './state/lesson/lessonPlace.ts';
import { endOverrides, ownForm, readForm } from './state/run/formOverride.ts';

/** Draws the page into `root` and starts its workers. */
export function startPage(root: HTMLElement, links: WorkerLinks): void {
  // What the document says until now.
  root.replaceChildren();
  const missing = missingFeatures();
  if (missing.length > 0) {
    render(
      <main class="unsupported">
        <h1>COSMO-RL playground</h1>
        <p role="alert">{supportMessage(missing)}</p>
      </main>,
      root,
    );
    return;
  }
  if (new URLSearchParams(location.search).get('parts') === '1') {
    void import('./shell/PartsPage.tsx').then(({ PartsPage }) => render(<PartsPage />, root));
    return;
  }
  mendLanguage();
  preventStrayDrops();
  followTheme();
  lessonPlace.value = readLessonPlace(location.search);
  followAddress();
  const embedding = readEmbedding(location.search);
  if (embedding) showEmbeddedView(embedding.view);
  endLessonElsewhere();
  followProjector(location.search);
  const query = settingsPart(location.search);
  const from = pagePart(location.search, 'from');
  const start = from === null ? null : readStart(from);
  settingsOpen.value = query !== '' || start !== null;
  const { draft: first, dropped } = draftOfQuery(query);
  const session = new Session(links, first);
  const unread = from !== null && !start ? [`“${from}” is no starting point.`] : [];
  const left = [...dropped, ...unread];
  if (left.length > 0) session.inform('Part of this link was not used.', left.join(' '));
  session.startPoint.value = start;
  const opened = session.open();
  opened.then(() => takeUpQueue(session)).catch((error) => session.report(error));
  endOverrides(session, session.shown);
  // The address of a frame is nobody's to copy.
  if (!embedding) keepAddress(session);
  keepDevice(session, opened);
  const page = { session, help: signal(false) };
  window.cosmo = createAutomation(page, opened);
  if (embedding) {
    void import('./shell/EmbeddedApp.tsx').then(({ showEmbedded }) =>
      showEmbedded(page, embedding, opened, root),
    );
  } else render(<App page={page} />, root);
}

/** A queue of the view Lab that was running goes on, whatever view is on show. */
async function takeUpQueue(session: Session): Promise<void> {
  const queues = await session.store.listQueues();
  if (queues.some(({ status }) => status === 'running'))
    await (await import('./views/lab/lab.ts')).Lab.of(session).open();
}

function showEmbeddedView(name: string): void {
  lessonPlace.value = lessonOfView(name);
  view.value = lessonPlace.value ? 'lessons' : viewOfHash(name);
}

/** A lesson ends where another view is shown. */
function endLessonElsewhere(): void {
  effect(() => {
    if (view.value !== 'lessons') lessonPlace.value = null;
  });
}

/** The address always holds the form, settings and starting point; those of an override are not the user's. */
function keepAddress(session: Session): void {
  const asked = computed(() => {
    const { draft, start } = ownForm(readForm(session));
    return {
      settings: toQuery(draft.settings, draft.preset),
      parts: { from: start && startText(start), ...lessonParts(lessonPlace.value) },
    };
  });
  // A user who changed nothing keeps the plain address.
  const plain = settingsPart(location.search) === '' ? asked.peek().settings : null;
  effect(() => {
    const { settings, parts } = asked.value;
    const query = withPageParts(settings === plain ? '' : settings, {
      ...pageParts(location.search),
      ...parts,
    });
    if (query !== location.search.slice(1)) showQuery(query);
  });
}

/** Browsers refuse it where it comes too often (Safari: 100 times in 30 s): the next change brings the address up to date. */
function showQuery(query: string): void {
  try {
    history.replaceState(null, '', `${query === '' ? location.pathname : `?${query}`}${location.hash}`);
  } catch {
    // The form holds the settings.
  }
}

/** The device card follows the choice of engine while nothing is in training. */
function keepDevice(session: Session, opened: Promise<void>): void {
  let described = '';
  effect(() => {
    const { engine } = session.draft.value.settings;
    if (session.training.value || engine === described) return;
    described = engine;
    opened
      .then(() => session.describeDevice(engine))
      .catch(async (error) => {
        // A run that was under way has lost the same device or worker, and goes on by itself: this is asked again after it.
        if (session.mends(error)) {
          described = '';
          return;
        }
        session.report(error);
        // Where the engine asked for is not to be had, the view Device can still say what is.
        if (session.device.value === null) await session.describeDevice('auto');
      })
      .catch((error) => session.report(error));
  });
}

// In a frame nothing is kept for later.
if (readEmbedding(location.search) === null) keepOffline();
const root = document.getElementById('app');
if (root) startPage(root, workerLinks);
