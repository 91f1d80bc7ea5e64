import { nameOf, type ShapeComparison } from './comparison-tables.ts';
import type { RetailComparison } from './retail-orders.ts';

interface Bar {
  readonly policy: string;
  readonly falsePercent: number;
  readonly waitedPercent: number;
}

interface Group {
  readonly name: string;
  readonly bars: readonly Bar[];
}

const size = { width: 960, left: 290, right: 120, top: 52, bar: 11, between: 14 };
const colours = { falsely: '#b91c1c', waited: '#d9a441' };
const mostPercent = 75;

const groupsOf = (
  shapes: readonly ShapeComparison[],
  retail: RetailComparison | undefined,
): Group[] => [
  ...shapes.map(({ shape, outcomes }) => ({
    name: nameOf(shape),
    bars: [...outcomes].map(([policy, of]) => ({ policy, ...of })),
  })),
  ...(retail === undefined
    ? []
    : [
        {
          name: `${retail.orders.toLocaleString('en')} orders of a shop`,
          bars: retail.outcomes.map((of) => ({ policy: of.name, ...of })),
        },
      ]),
];

/** Bars per policy: refused though there were goods, and behind it those who waited and got them. */
export function drawComparison(
  shapes: readonly ShapeComparison[],
  retail: RetailComparison | undefined,
): string {
  const scale = (size.width - size.left - size.right) / mostPercent;
  let y = size.top;
  const parts: string[] = [];
  for (const { name, bars } of groupsOf(shapes, retail)) {
    parts.push(`<text x="10" y="${y + 10}" font-weight="bold">${name}</text>`);
    for (const { policy, falsePercent, waitedPercent } of bars) {
      y += size.bar + 4;
      const red = falsePercent * scale;
      const yellow = waitedPercent * scale;
      const label =
        falsePercent > 0
          ? `${falsePercent.toFixed(1)} % refused wrongly`
          : `${waitedPercent.toFixed(2)} % waited`;
      parts.push(
        `<text x="${size.left - 8}" y="${y + 9}" text-anchor="end">${policy}</text>`,
        `<rect x="${size.left}" y="${y}" width="${red.toFixed(1)}" height="${size.bar}" fill="${colours.falsely}"/>`,
        `<rect x="${(size.left + red).toFixed(1)}" y="${y}" width="${yellow.toFixed(1)}" height="${size.bar}" fill="${colours.waited}"/>`,
        `<text x="${(size.left + red + yellow + 6).toFixed(1)}" y="${y + 9}">${label}</text>`,
      );
    }
    y += size.bar + size.between;
  }
  const height = y + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    '<text x="10" y="20" font-size="14">Stock policies, simulated with a round trip of 130 ms: per cent of all that was asked for</text>',
    `<rect x="10" y="30" width="11" height="11" fill="${colours.falsely}"/><text x="26" y="40">refused although the cells together had enough</text>`,
    `<rect x="300" y="30" width="11" height="11" fill="${colours.waited}"/><text x="316" y="40">waited for another cell, then served</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
