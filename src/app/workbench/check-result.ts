export { validateStructured } from '../../agent/validate.js';
