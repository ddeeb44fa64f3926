// The list of released models as it lies in `models/index.json`: its schema, checked when read, and how it is written.

import * as v from 'valibot';
import { PlaygroundError } from '../base/errors.ts';
import { SettingError, trainedSettings, validateSettings } from '../config/index.ts';
import type { ReleasedModel } from '../protocol/inspector.ts';
import { codeSchema, engineSchema, withOrigin } from '../storage/index.ts';
import { headReportSchema, scoreSchema } from '../terms/reports.ts';

const RELEASES_KIND = 'cosmo-models';
export const RELEASES_VERSION = 2;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A name of a release: also that of its folder. */
export const RELEASE_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
/** Paths are below the folder of the models and leave it nowhere. */
const file = v.pipe(v.string(), v.regex(/^[a-z0-9-]+\/[a-z0-9-]+\.safetensors$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const currentRelease = v.object({
  name: v.pipe(v.string(), v.regex(RELEASE_NAME)),
  title: v.string(),
  createdAt: v.string(),
  settings: v.record(v.string(), v.unknown()),
  preset: v.string(),
  seed: count,
  code: codeSchema,
  engine: engineSchema,
  trainedBy: v.string(),
  command: v.string(),
  stages: v.array(
    v.object({
      ...{ stage: v.string(), file, bytes: count, sha256, scores: v.array(scoreSchema) },
      greedy: v.optional(v.array(scoreSchema)),
    }),
  ),
  heads: v.object({ file, bytes: count, sha256, reports: v.array(headReportSchema) }),
});

/** Lists of version 1 hold `device` and `codeVersion`, both text, in the place of `engine` and `code`. */
const release = v.pipe(v.unknown(), v.transform(withOrigin), currentRelease);

const headSchema = v.object({ kind: v.literal(RELEASES_KIND), version: count });
const listSchema = v.object({ models: v.array(release) });

function damaged(why: string): PlaygroundError {
  return new PlaygroundError(
    'bad-bundle',
    `The list of released models (models/index.json) cannot be read: ${why}.`,
    'Reload the page; everything else works without them.',
  );
}

function checked<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw damaged(`${v.getDotPath(issue) ?? 'the whole'} is not valid (${issue.message})`);
}

/** The list, completely checked. @throws PlaygroundError `bad-bundle` in one sentence. */
export function readReleaseList(bytes: Uint8Array): ReleasedModel[] {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('it is no JSON');
  }
  const { version } = checked(headSchema, json);
  if (version > RELEASES_VERSION)
    throw damaged(`it has version ${version}, but this page reads versions up to ${RELEASES_VERSION}`);
  return checked(listSchema, json).models.map((model) => {
    try {
      return { ...model, settings: validateSettings(trainedSettings(model.settings)) };
    } catch (error) {
      if (error instanceof SettingError)
        throw damaged(`in ${model.name}: ${error.message.replace(/\.$/, '')}`);
      throw error;
    }
  });
}

/** The text of the list. */
export function releaseListText(models: readonly ReleasedModel[]): string {
  return `${JSON.stringify({ kind: RELEASES_KIND, version: RELEASES_VERSION, models }, null, 1)}\n`;
}
