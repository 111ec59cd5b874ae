// Time left by the server's clock. This machine's clock may be wrong or step; only its pace is used.
export class Clock {
  #left;
  #since;

  constructor({ deadline, now, show, say, over }) {
    Object.assign(this, { show, say, over });
    this.sync(deadline, now);
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  sync(deadline, now) {
    if (!deadline || !now) return;
    this.#left = Date.parse(deadline) - Date.parse(now);
    this.#since = performance.now();
  }

  get seconds() {
    return Math.max(0, Math.ceil((this.#left - (performance.now() - this.#since)) / 1000));
  }

  tick() {
    const left = this.seconds;
    this.show(left, text(left));
    if (this.before > 300 && left <= 300) this.say("five");
    if (this.before > 60 && left <= 60) this.say("one");
    if (left === 0 && this.before !== 0) this.over();
    this.before = left;
  }

  stop() {
    clearInterval(this.timer);
  }
}

function text(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}
