/** The one function of the library that is used here; the build makes a file of its own of it. */
export { default as open } from 'open';
