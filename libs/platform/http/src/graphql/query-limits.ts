import { GraphQLError, Kind, OperationTypeNode } from 'graphql';
import type {
  DocumentNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
  ValidationRule,
} from 'graphql';

export interface GraphqlLimits {
  /** Levels of nested fields. */
  readonly depthMax: number;
  /** Aliased fields of an operation, fragments spread out. */
  readonly aliasesMax: number;
  /** Fields asked for, fragments spread out. */
  readonly fieldsMax: number;
  /** Fields resolved while the answer is made: lists count once per item. */
  readonly resolvedFieldsMax: number;
  /** Lexical tokens of a document; parsing stops there. */
  readonly tokensMax: number;
}

export const graphqlLimits: GraphqlLimits = {
  depthMax: 10,
  aliasesMax: 20,
  fieldsMax: 300,
  resolvedFieldsMax: 20_000,
  tokensMax: 3_000,
};

interface Weight {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
}
const nothing: Weight = { depth: 0, fields: 0, aliases: 0 };

/** One operation per document, one mutation per operation, and bounds on its size. */
export const limitRule =
  (limits: GraphqlLimits): ValidationRule =>
  (context) => ({
    Document(document) {
      for (const problem of limitProblems(document, limits)) {
        context.reportError(new GraphQLError(problem));
      }
    },
  });

/** What a document asks beyond the limits, one sentence each; pure. */
export function limitProblems(document: DocumentNode, limits: GraphqlLimits): readonly string[] {
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operations.length !== 1) return ['A request holds exactly one operation.'];
  const weigh = fragmentWeigher(document);
  return operations.flatMap((operation) => operationProblems(operation, weigh, limits));
}

function operationProblems(
  operation: OperationDefinitionNode,
  weigh: (selections: SelectionSetNode) => Weight,
  limits: GraphqlLimits,
): string[] {
  const problems: string[] = [];
  const weight = weigh(operation.selectionSet);
  if (weight.depth > limits.depthMax) {
    problems.push(`The query is deeper than ${limits.depthMax} levels.`);
  }
  if (weight.fields > limits.fieldsMax) {
    problems.push(`The query asks for more than ${limits.fieldsMax} fields.`);
  }
  if (weight.aliases > limits.aliasesMax) {
    problems.push(`The query has more than ${limits.aliasesMax} aliases.`);
  }
  if (
    operation.operation === OperationTypeNode.MUTATION &&
    topLevelFields(operation.selectionSet) !== 1
  ) {
    problems.push('A request holds exactly one mutation, not inside a fragment.');
  }
  return problems;
}

const topLevelFields = (selections: SelectionSetNode): number =>
  selections.selections.every((selection) => selection.kind === Kind.FIELD)
    ? selections.selections.length
    : Number.POSITIVE_INFINITY;

/** Weighs each fragment once, so that fragments spread in fragments cost no more than their text. */
function fragmentWeigher(document: DocumentNode): (selections: SelectionSetNode) => Weight {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const known = new Map<string, Weight>();

  const weighFragment = (name: string): Weight => {
    const weighed = known.get(name);
    if (weighed !== undefined) return weighed;
    // a cycle finds this entry; that a fragment spreads itself is refused by another rule
    known.set(name, nothing);
    const fragment = fragments.get(name);
    const weight = fragment === undefined ? nothing : weigh(fragment.selectionSet);
    known.set(name, weight);
    return weight;
  };

  const weigh = (selections: SelectionSetNode): Weight => {
    let total = nothing;
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        total = together(total, weighFragment(selection.name.value));
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        total = together(total, weigh(selection.selectionSet));
      } else {
        const below =
          selection.selectionSet === undefined ? nothing : weigh(selection.selectionSet);
        total = together(total, {
          depth: below.depth + 1,
          fields: below.fields + 1,
          aliases: below.aliases + (selection.alias === undefined ? 0 : 1),
        });
      }
    }
    return total;
  };
  return weigh;
}

const together = (one: Weight, other: Weight): Weight => ({
  depth: Math.max(one.depth, other.depth),
  fields: one.fields + other.fields,
  aliases: one.aliases + other.aliases,
});
