/** Remembers which methods each route template answers, to tell 405 from 404. */
export class RouteTable {
  private readonly templates = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  add(template: string, methods: readonly string[]): void {
    const known = this.templates.get(template) ?? {
      pattern: patternOf(template),
      methods: new Set<string>(),
    };
    for (const method of methods) known.methods.add(method);
    this.templates.set(template, known);
  }

  /** The methods that a path answers, sorted; empty where there is no such resource. */
  methodsOf(path: string): readonly string[] {
    const found = new Set<string>();
    for (const { pattern, methods } of this.templates.values()) {
      if (pattern.test(path)) for (const method of methods) found.add(method);
    }
    return [...found].sort();
  }
}

/** `/v1/orders/:id` → every path with one segment in place of the parameter; `*` matches the rest. */
function patternOf(template: string): RegExp {
  const segments = template.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+';
    return segment.split('*').map(escapeForRegExp).join('.*');
  });
  return new RegExp(`^${segments.join('/')}$`);
}

const escapeForRegExp = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
