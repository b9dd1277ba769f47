import type * as uWS from 'uWebSockets.js';
import { type Certificate, readCertificate } from '../shared/certificate.ts';
import type { CertificateFiles } from '../shared/settings.ts';

/** The types of the library leave out how an app passes what it accepts on to another. */
type App = uWS.TemplatedApp & {
  getDescriptor(): unknown;
  addChildAppDescriptor(descriptor: unknown): void;
  removeChildAppDescriptor(descriptor: unknown): void;
};

/**
 * The app that listens and, once the certificate was renewed, the app that serves what the first accepts. The
 * library can't give an app another certificate; older apps keep the connections that they have.
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

  /** Serves new connections with the present files. An unchanged certificate makes no new app. @throws ListenError */
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

  /** Ends every connection of every app. */
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
