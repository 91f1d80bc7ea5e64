/** NUL, which PostgreSQL keeps in no text, and half of a surrogate pair, which UTF-8 cannot say. */
const unstorable = /\0|\p{Surrogate}/u;

/**
 * The path, joined by `/`, of the first text in a parsed JSON value that no store can keep as it is;
 * undefined where there is none. It does not recurse: how deep a value nests is the client's choice.
 */
export function unstorableTextIn(value: unknown): string | undefined {
  const waiting: { readonly value: unknown; readonly path: string }[] = [{ value, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: found, path } = next;
    if (typeof found === 'string' && unstorable.test(found)) return path;
    if (typeof found !== 'object' || found === null) continue;
    for (const [name, member] of Object.entries(found)) {
      if (unstorable.test(name)) return path;
      waiting.push({ value: member, path: path === '' ? name : `${path}/${name}` });
    }
  }
  return undefined;
}
