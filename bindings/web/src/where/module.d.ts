declare module 'planguard:module' {
  /** The module in base64. */
  export const MODULE: string;
}
