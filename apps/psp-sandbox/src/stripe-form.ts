export type FormValue = string | FormMap;
export interface FormMap {
  readonly [name: string]: FormValue;
}

const fieldsMax = 200;
const depthMax = 4;

/** Stripe's form encoding: `metadata[order]=1&expand[0]=x` → nested maps of text. */
export function parseStripeForm(text: string): FormMap {
  const fields = [...new URLSearchParams(text)];
  if (fields.length > fieldsMax) throw new RangeError('too many fields');
  const root: Record<string, FormValue> = Object.create(null) as Record<string, FormValue>;
  for (const [name, value] of fields) put(root, pathOf(name), value);
  return root;
}

function pathOf(name: string): string[] {
  const path = name.split(/[[\]]+/u).filter((part) => part !== '');
  if (path.length === 0 || path.length > depthMax)
    throw new RangeError('a field name is malformed');
  return path;
}

function put(target: Record<string, FormValue>, path: readonly string[], value: string): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const below = target[head];
  const child: Record<string, FormValue> = Object.assign(
    Object.create(null) as Record<string, FormValue>,
    typeof below === 'object' ? below : {},
  );
  target[head] = child;
  put(child, rest, value);
}
