import type * as uWS from 'uWebSockets.js';
import { type Certificate, readCertificate } from '../shared/certificate.ts';
import type { CertificateFiles } from '../shared/settings.ts';

/** Methods that the library's types omit: passing accepted connections on to another app. */
type App = uWS.TemplatedApp & {
  getDescriptor(): unknown;
  addChildAppDescriptor(descriptor: unknown): void;
  removeChildAppDescriptor(descriptor: unknown): void;
};

/**
 * The app that listens, and the apps that serve its connections after a certificate was reloaded. The library can't replace the
 * certificate of an app. Older apps keep their connections.
 */
export class Apps {
  readonly listener: App;
  readonly #library: typeof uWS;
  readonly #tls: CertificateFiles | undefined;
  readonly #attach: (app: uWS.TemplatedApp) => void;
  readonly #all: App[] = [];
  #inUse: Certificate | undefined;

  /** @param attach sets the handlers of each app. @throws ListenError `certificate-unusable` */
  constructor(library: typeof uWS, tls: CertificateFiles | undefined, attach: (app: uWS.TemplatedApp) => void) {
    this.#library = library;
    this.#tls = tls;
    this.#attach = attach;
    if (tls !== undefined) this.#inUse = readCertificate(tls);
    this.listener = this.#create();
  }

  /** Serves new connections with the current files. An unchanged certificate creates no new app. @throws ListenError */
  reloadCertificate(): void {
    if (this.#tls === undefined) return;
    const certificate = readCertificate(this.#tls);
    if (isSame(certificate, this.#inUse)) return;
    const earlier = this.#all.at(-1);
    const app = this.#create();
    if (earlier !== undefined && earlier !== this.listener) this.listener.removeChildAppDescriptor(earlier.getDescriptor());
    this.listener.addChildAppDescriptor(app.getDescriptor());
    this.#inUse = certificate;
  }

  /** Closes every connection of every app. */
  close(): void {
    for (const app of this.#all) app.close();
  }

  #create(): App {
    const app = (
      this.#tls === undefined
        ? this.#library.App()
        : this.#library.SSLApp({ key_file_name: this.#tls.keyFile, cert_file_name: this.#tls.certFile })
    ) as App;
    this.#attach(app);
    this.#all.push(app);
    return app;
  }
}

function isSame(one: Certificate, other: Certificate | undefined): boolean {
  return other !== undefined && one.key.equals(other.key) && one.cert.equals(other.cert);
}
