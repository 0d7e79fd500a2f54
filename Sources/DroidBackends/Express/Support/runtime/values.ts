/** Values as they travel: all codecs, and what they are made with. */

export * from "./codec.js";
export * from "./numbers.js";
export * from "./records.js";
export * from "./texts.js";
