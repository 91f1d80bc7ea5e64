export { RememberedErasures } from './remembered-erasures.ts';
