/** What the doc comments of a Prisma file say about one column. */
export type ColumnClass =
  | {
      readonly kind: 'personal';
      readonly category: string;
      readonly purpose: string;
      readonly retention: string;
    }
  | { readonly kind: 'kept'; readonly reason: string }
  | { readonly kind: 'link' };

export interface AnnotatedField {
  readonly field: string;
  readonly column: string;
  readonly classes: readonly ColumnClass[];
}

export interface AnnotatedModel {
  readonly model: string;
  /** `namespace.table`. */
  readonly table: string;
  readonly isPublic: boolean;
  /** As written: the name of a field or of a column. */
  readonly subject: string | undefined;
  readonly fields: readonly AnnotatedField[];
}

interface Block {
  readonly model: string;
  readonly doc: string;
  readonly lines: readonly string[];
}

const tagPattern = /@(public|subject|personal|kept|link)\b(?:\(([^)]*)\))?/g;

interface Tag {
  readonly name: string;
  readonly argument: string;
}

const tagsOf = (doc: string): Tag[] =>
  [...doc.matchAll(tagPattern)].map(([, name = '', argument = '']) => ({ name, argument }));

/** Models with the `///` comments above them; enumerations, datasources and `//` comments fall away. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let doc: string[] = [];
  let open: { model: string; doc: string; lines: string[] } | undefined;
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const start = /^(\w+)\s+(\w+)\s*\{/.exec(line);
    if (open !== undefined) {
      if (line === '}') {
        blocks.push(open);
        open = undefined;
      } else open.lines.push(line);
    } else if (line.startsWith('///')) doc.push(line.slice(3).trim());
    else if (start?.[1] === 'model') {
      open = { model: start[2] ?? '', doc: doc.join(' '), lines: [] };
      doc = [];
    } else if (line !== '') doc = [];
  }
  return blocks;
}

function columnClass({ name, argument }: Tag): ColumnClass[] {
  if (name === 'link') return [{ kind: 'link' }];
  if (name === 'kept') return [{ kind: 'kept', reason: argument.trim() }];
  if (name !== 'personal') return [];
  const [category = '', purpose = '', retention = ''] = argument.split(',').map((s) => s.trim());
  return [{ kind: 'personal', category, purpose, retention }];
}

/** A comment may stand above a field, in several lines, or behind it. */
function fieldsOf(lines: readonly string[]): AnnotatedField[] {
  const fields: AnnotatedField[] = [];
  let doc: string[] = [];
  for (const line of lines) {
    if (line.startsWith('///')) {
      doc.push(line.slice(3));
      continue;
    }
    const [code = '', behind = ''] = line.split(/\/\/\/(.*)/s);
    const field = /^(\w+)\s+\S/.exec(code)?.[1];
    if (field === undefined) continue;
    const column = /@map\("([^"]+)"\)/.exec(code)?.[1] ?? field;
    const classes = tagsOf([...doc, behind].join(' ')).flatMap(columnClass);
    fields.push({ field, column, classes });
    doc = [];
  }
  return fields;
}

/**
 * Reads the annotations of one Prisma schema file. Prisma's own document model leaves out fields it
 * has no type for (`Unsupported`), which would then escape classification; here nothing is left out,
 * and whatever this reading should miss is found missing when it is compared with the database.
 */
export function readAnnotations(text: string): AnnotatedModel[] {
  return blocksOf(text).map(({ model, doc, lines }) => {
    const tags = tagsOf(doc);
    const attribute = (name: string): string | undefined =>
      lines.map((line) => new RegExp(`^@@${name}\\("([^"]+)"\\)`).exec(line)?.[1]).find(Boolean);
    return {
      model,
      table: `${attribute('schema') ?? 'public'}.${attribute('map') ?? model}`,
      isPublic: tags.some(({ name }) => name === 'public'),
      subject: tags.find(({ name }) => name === 'subject')?.argument.trim(),
      fields: fieldsOf(lines),
    };
  });
}
