// Whether the kernel of a panel is there, and has time: what only the page can say.

const AGAIN = "Run the lesson from the top to bring it to life again.";
const SENTENCES = {
  restarted: `The kernel was restarted, and this panel went with it. ${AGAIN}`,
  died: `The kernel died, most often for want of memory, and this panel went with it. ${AGAIN}`,
  ended: `The kernel has ended, and this panel went with it. ${AGAIN}`,
  away:
    "The connection to the kernel is lost. If it does not come back by itself, start JupyterLab " +
    "again and run the lesson from the top.",
  busy: "Another cell is running; this panel answers when it has finished.",
  input: "A cell waits for what you type into it; this panel answers when it has finished.",
};
// What a kernel's status means for all that lived in it.
const ENDS = { restarting: "restarted", autorestarting: "died", terminating: "ended", dead: "ended" };
// Cells run before the kernel is asked, and the kernel has been asked before it counts as busy.
const PATIENCE = 500; // milliseconds
const AGAIN_AFTER = 1000; // milliseconds between an answer and the next question
const IDLE = 300; // milliseconds without a running cell: not only between two of many

/** What is known of the kernel in which a panel lives. */
export class Life {
  /**
   * @param {object} [kernel] JupyterLab's connection; other front ends have none
   * @param {(question: number) => void} ask let the kernel answer, as soon as its panels can
   * @param {() => void} changed called when `word` is another
   * @param {() => void} back called when the connection is there again
   */
  constructor(kernel, ask, changed, back) {
    Object.assign(this, { kernel, ask, changed, back });
    this.gone = ""; // why nothing will ever come of this panel, if so
    this.away = false; // whether there is no connection
    this.late = false; // whether the kernel has not answered in time
    /** @type {Set<string>} requests of the cells that run */
    this.running = new Set();
    this.asked = 0;
    if (!kernel) return;
    this.signals = [
      [kernel.statusChanged, (_, status) => this.status(status)],
      [kernel.connectionStatusChanged, (_, status) => this.connection(status)],
      [kernel.disposed, () => this.end("ended")],
      [kernel.iopubMessage, (_, message) => this.hear(message)],
      [kernel.pendingInput, () => this.changed()],
    ].filter(([signal]) => signal);
    this.signals.forEach(([signal, slot]) => signal.connect(slot));
    if (kernel.status === "busy") this.begins("unknown");
  }

  /** Which sentence is to be said, if any, and how it is with the panel. */
  get word() {
    if (this.gone) return this.gone;
    if (this.away) return "away";
    if (this.late) return this.kernel.hasPendingInput ? "input" : "busy";
    return "";
  }

  get sentence() {
    return SENTENCES[this.word] ?? "";
  }

  /** Nothing will ever come of this panel. */
  end(why) {
    if (this.gone) return;
    this.gone = why;
    setTimeout(() => this.leave()); // until then `status` may hear more of it
    this.changed();
  }

  status(status) {
    // A kernel that has died is "restarting" for a moment, and "autorestarting" at once behind it.
    if (status === "autorestarting") this.gone = "";
    if (ENDS[status]) this.end(ENDS[status]);
    else if (status === "idle") this.ends("unknown");
  }

  connection(status) {
    const away = status !== "connected";
    if (away === this.away) return;
    this.away = away;
    if (!away) this.back();
    this.changed();
  }

  /**
   * Note which cells run (the kernel's status does not tell: other requests end meanwhile), and
   * whether another page has ended the kernel: its status does not tell that either.
   * @param {object} message from the kernel to all pages
   */
  hear({ header, parent_header: request, content }) {
    if (header.msg_type === "shutdown_reply") this.end(content.restart ? "restarted" : "ended");
    if (header.msg_type !== "status" || !request.msg_type) return; // some are of the server
    this.session ??= header.session;
    if (header.session !== this.session) this.end("restarted");
    if (request.msg_type !== "execute_request") return;
    if (content.execution_state === "busy") this.begins(request.msg_id);
    else if (content.execution_state === "idle") this.ends(request.msg_id);
  }

  begins(request) {
    if (this.gone) return;
    this.running.add(request);
    this.timer ??= setTimeout(() => this.question(), PATIENCE);
  }

  ends(request) {
    this.running.delete(request);
    if (this.late && !this.running.size) {
      clearTimeout(this.idle);
      this.idle = setTimeout(() => this.running.size || this.heard(), IDLE);
    }
  }

  /** Ask the kernel, which may have time although a cell runs, such as one that awaits. */
  question() {
    this.timer = undefined;
    if (!this.running.size) return;
    this.asked += 1;
    this.ask(this.asked);
    this.timer = setTimeout(() => {
      this.late = this.running.size > 0;
      this.changed();
    }, PATIENCE);
  }

  /**
   * Take the kernel's answer.
   * @param {number} [question]
   */
  heard(question = this.asked) {
    if (question !== this.asked) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.running.size) this.timer = setTimeout(() => this.question(), AGAIN_AFTER);
    if (!this.late) return;
    this.late = false;
    this.changed();
  }

  /** Listen no more. */
  leave() {
    clearTimeout(this.timer);
    clearTimeout(this.idle);
    this.signals?.forEach(([signal, slot]) => signal.disconnect(slot));
  }
}
