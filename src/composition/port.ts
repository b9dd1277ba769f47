import type { Container } from 'inversify';

/** The name that a port's adapter is bound under. The container sees a symbol, the compiler sees `T`. */
export interface Port<T> {
  readonly id: symbol;
  /** Never set: it ties the type to the name. */
  readonly of?: T;
}

export function port<T>(name: string): Port<T> {
  return { id: Symbol(name) };
}

/**
 * Binds `target` to what `make` builds from `needs`, once. A missing, wrong or swapped need does
 * not compile, which inversify's own identifiers would let pass.
 */
export function bind<T, Needs extends readonly unknown[]>(
  container: Container,
  target: Port<T>,
  make: (...needs: Needs) => T,
  needs: { readonly [K in keyof Needs]: Port<Needs[K]> },
): void {
  const ids = (needs as readonly Port<unknown>[]).map(({ id }) => id);
  container
    .bind<T>(target.id)
    .toResolvedValue(make as unknown as (...all: unknown[]) => T, ids)
    .inSingletonScope();
}

/** The same for what is made of parts by name. What is missing, or of another type, does not compile. */
export function bindParts<T, Parts extends object>(
  container: Container,
  target: Port<T>,
  make: (parts: Parts) => T,
  needs: { readonly [Name in keyof Parts]: Port<Parts[Name]> },
): void {
  const named = Object.entries(needs as Readonly<Record<string, Port<unknown>>>);
  const makeOf = (...all: unknown[]): T => make(Object.fromEntries(named.map(([name], place) => [name, all[place]])) as Parts);
  container
    .bind<T>(target.id)
    .toResolvedValue(
      makeOf,
      named.map(([, { id }]) => id),
    )
    .inSingletonScope();
}

/** Binds `target` to a value that stands already. */
export function bindValue<T>(container: Container, target: Port<T>, value: T): void {
  container.bind<T>(target.id).toConstantValue(value);
}

export function resolve<T>(container: Container, target: Port<T>): T {
  return container.get<T>(target.id);
}
