export { didYouMean, nearest } from '../core/nearest.js';
