// Bytes as UniFFI writes them: big-endian, texts and lists after their length.

// A mark at the beginning is a part of the text.
const text = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });
const utf8 = /* @__PURE__ */ new TextEncoder();

export const decodeText = (bytes: Uint8Array): string => text.decode(bytes);
export const encodeText = (of: string): Uint8Array => utf8.encode(of);
/** The same text; half characters, which no bytes stand for, are replaced. */
export const whole = (of: string): string => decodeText(encodeText(of));

/** Whether it is a Uint8Array, also of another window or of a test's own globals. */
export const isBytes = (value: unknown): value is Uint8Array => ArrayBuffer.isView(value) && value[Symbol.toStringTag as never] === 'Uint8Array';

/** Reads values from bytes. The bytes are a copy: the module's memory may move while they are read. */
export class Reader {
  #at = 0;
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #next(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }

  u8 = (): number => this.#view.getUint8(this.#next(1));
  u16 = (): number => this.#view.getUint16(this.#next(2));
  i32 = (): number => this.#view.getInt32(this.#next(4));
  u32 = (): number => this.#view.getUint32(this.#next(4));
  i64 = (): bigint => this.#view.getBigInt64(this.#next(8));
  u64 = (): bigint => this.#view.getBigUint64(this.#next(8));
  f64 = (): number => this.#view.getFloat64(this.#next(8));

  raw(): Uint8Array {
    const length = this.i32();
    const at = this.#next(length);
    return this.bytes.slice(at, at + length);
  }
}

/** Writes values into bytes that grow. */
export class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  #room(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#at, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
  }

  i32(value: number): void {
    const at = this.#room(4);
    this.#view.setInt32(at, value);
  }

  u64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, BigInt.asUintN(64, value));
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value);
  }

  raw(value: Uint8Array): void {
    this.i32(value.length);
    const at = this.#room(value.length);
    this.#bytes.set(value, at);
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }
}
