// A text with names of settings, metrics and tokens between backticks, which are shown as code.

/** Odd parts stand between backticks. */
export function Prose({ text }: { text: string }) {
  return (
    <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
  );
}
