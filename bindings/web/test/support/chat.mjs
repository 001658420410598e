// A chat SDK that answers what a test says, and counts what it is asked.

/** Logs in and carries out actions: 0 succeeds, any other code is refused as the real one refuses. */
export class Chat {
  calls = 0;

  constructor(code = 0) {
    this.code = code;
  }

  call = async () => {
    this.calls += 1;
    if (this.code !== 0) throw Object.assign(new Error('refused'), { code: this.code });
    return 'answer';
  };
}

/** A call that a test ends. */
export function pending() {
  const call = {};
  call.promise = new Promise((resolve, reject) => Object.assign(call, { resolve, reject }));
  return call;
}
