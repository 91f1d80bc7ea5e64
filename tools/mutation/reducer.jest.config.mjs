import repository from '../../jest.config.mjs';

const unit = repository.projects.find(({ displayName }) => displayName === 'unit');

/** The unit specs that a change of the reducer has to get past. Its package is that of the copy which is changed. */
export default {
  ...unit,
  roots: ['<rootDir>/libs/inventory/src/domain', '<rootDir>/tools/mutation/src'],
  testMatch: ['**/{escrow,cell-state,recovery,warehouse}.spec.ts', '**/*.trial.ts'],
  setupFiles: ['<rootDir>/tools/mutation/fast-check.mjs'],
  moduleNameMapper: {
    '^@entrepot/inventory/testing$': '<rootDir>/libs/inventory/src/testing/index.ts',
    '^@entrepot/inventory/model$': '<rootDir>/libs/inventory/src/testing/model.ts',
  },
};
