export { eu } from './profile.ts';
