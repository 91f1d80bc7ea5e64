export { india } from './profile.ts';
