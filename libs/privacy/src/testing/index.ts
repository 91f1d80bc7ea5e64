export { GivenProofs } from './given-proofs.ts';
export { RememberedErasures } from './remembered-erasures.ts';
