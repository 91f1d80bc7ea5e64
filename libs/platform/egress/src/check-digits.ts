/** Luhn's check digit (ISO/IEC 7812-1 annex B), of payment cards. */
export function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const weighted = place % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** The dihedral group of order 10 and the permutation of Verhoeff (1969), of Aadhaar numbers. */
const rotated = (a: number, b: number): number => {
  if (a < 5) return b < 5 ? (a + b) % 5 : ((a + b) % 5) + 5;
  return b < 5 ? ((a - b + 5) % 5) + 5 : (a - b + 5) % 5;
};
const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;

function permuted(digit: number, times: number): number {
  let at = digit;
  for (let turn = 0; turn < times % 8; turn += 1) at = permutation[at] ?? 0;
  return at;
}

export function hasVerhoeffDigit(digits: string): boolean {
  let check = 0;
  for (let place = 0; place < digits.length; place += 1) {
    check = rotated(check, permuted(Number(digits[digits.length - 1 - place]), place));
  }
  return check === 0;
}

/** ISO 7064 MOD 97-10 over an IBAN (ISO 13616), letters as two digits each. */
export function hasIbanCheck(iban: string): boolean {
  const turned = iban.slice(4) + iban.slice(0, 4);
  let rest = 0;
  for (const character of turned) {
    const value = parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
