export { AttackBundle, kmsAccessOf, runAttacker } from './bundle/attack-bundle.ts';
export { newAttackControl } from './verification/attack-control.ts';
export type { AttackControl } from './verification/attack-control.ts';
export { attackRestored, BlindAttackError } from './verification/attack-restored.ts';
export type { PersonInBackup, RestoredToAttack } from './verification/attack-restored.ts';
export { hasLearntNothing, learntOf } from './bundle/learnt.ts';
export type { KeptText, Learnt } from './bundle/learnt.ts';
export { ErasureDemonstration } from './demo/erasure-demo.ts';
export type { DemoSurroundings, ErasureDemo } from './demo/erasure-demo.ts';
export { endEpoch } from './epoch-end.ts';
export {
  kmsClientOf,
  kmsLoginOf,
  kmsPrincipals,
  passKmsWindow,
  servicePrincipals,
} from './kms-logins.ts';
export type { KmsPrincipal } from './kms-logins.ts';
export { CanaryShopper } from './people/canary-shopper.ts';
export type { Read } from './people/canary-shopper.ts';
export { articleInStock, dearArticleInStock } from './people/goods.ts';
export { PrivacyOfficers } from './people/privacy-officers.ts';
export { settleOrder } from './people/settle-order.ts';
export { drilledSpecs, numberOf } from './numbers/drill-table.ts';
export type { DrilledSpec } from './numbers/drill-table.ts';
export { hasFailed } from './numbers/reported-specs.ts';
export { isStockDrillRow, stockDrillRows, stockDrills } from './inventory/stock-drills.ts';
export type { StockDrill, StockDrillRow } from './inventory/stock-drills.ts';
export { plantedDefects } from './planted/planted-defects.ts';
export type { PlantedDefect } from './planted/planted-defect.ts';
export { privacyTestsPage } from './numbers/privacy-tests-page.ts';
