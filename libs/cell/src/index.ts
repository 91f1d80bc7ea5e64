// Each process has an entry of its own, so that it loads only what it runs.
export type { RegionProfile } from './region-profile.ts';
