// Names of files that are saved.

/** A name that every file system takes. */
export function fileStem(label: string): string {
  const plain = label
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 60) || 'run';
}
