/**
 * The kinds of token a cell signs. They differ in `typ` and `aud`, and each is refused where another is
 * asked for. A token carries a random handle and no subject: what it stands for is looked up at home.
 */
export const tokenKinds = {
  shopper: { typ: 'shopper+jwt', audience: 'shopper', lifetimeSeconds: 300 },
  staff: { typ: 'staff+jwt', audience: 'staff', lifetimeSeconds: 300 },
  'step-up': { typ: 'step-up+jwt', audience: 'step-up', lifetimeSeconds: 120 },
  export: { typ: 'export+jwt', audience: 'export', lifetimeSeconds: 300 },
  'guest-cart': { typ: 'guest-cart+jwt', audience: 'guest-cart', lifetimeSeconds: 30 * 86_400 },
} as const satisfies Record<string, TokenKindRules>;
export type TokenKind = keyof typeof tokenKinds;

export interface TokenKindRules {
  readonly typ: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
}

export const kindOfTyp = (typ: string | undefined): TokenKind | undefined =>
  (Object.keys(tokenKinds) as TokenKind[]).find((kind) => tokenKinds[kind].typ === typ);
