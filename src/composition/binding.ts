import 'reflect-metadata';
import { Container } from 'inversify';

/* Typed wiring: inversify resolves symbols without types. A binding ties each symbol to the type of its component. */

/** How one component of type `T` is made, and of which other components. */
export interface Binding<T> {
  readonly id: symbol;
  /** In the order of the arguments of `make`. */
  readonly needs: readonly Binding<unknown>[];
  /** Undefined for an input, whose value is given when a container is built. */
  readonly make: ((...needs: readonly unknown[]) => unknown) | undefined;
  /** Set if the binding means one member of the component instead of the whole. */
  readonly member?: PropertyKey;
  /** Never set: ties the type to the binding. */
  readonly of?: T;
}

/** One binding for each part, by name. A part that is missing, or of another type, does not compile. */
export type Needs<Parts> = { readonly [Name in keyof Parts]: Binding<Parts[Name]> };

/** An input and its value. */
export type Given = readonly [id: symbol, value: unknown];

/** A component that is passed to `build`; see `given`. */
export function input<T>(name: string): Binding<T> {
  return { id: Symbol(name), needs: [], make: undefined };
}

/** The value of an input. */
export function given<T>({ id }: Binding<T>, value: NoInfer<T>): Given {
  return [id, value];
}

/** An object of a class whose constructor takes its parts by name. */
export function construct<T, Parts extends object>(Class: new (parts: Parts) => T, needs: Needs<NoInfer<Parts>>): Binding<T> {
  return fromNeeds(Class.name, needs, (parts) => new Class(parts as Parts));
}

/** The result of a function that takes its parts by name, such as a use-case. */
export function call<T, Parts extends object>(make: (parts: Parts) => T, needs: Needs<NoInfer<Parts>>): Binding<T> {
  return fromNeeds(make.name, needs, (parts) => make(parts as Parts));
}

/** The result of an inline function, whose parts have the types of the needs. */
export function derive<T, Parts extends object>(needs: Needs<Parts>, make: (parts: Parts) => T): Binding<T> {
  return fromNeeds(Object.keys(needs).join(' '), needs, (parts) => make(parts as Parts));
}

/** Several components as the members of one object. */
export function group<Parts extends object>(needs: Needs<Parts>): Binding<Parts> {
  return derive(needs, (parts) => parts);
}

/** The members of a component, each as a need of other components. */
export function members<T extends object>(source: Binding<T>): Needs<Required<T>> {
  const memberOf = (_: unknown, member: PropertyKey): Binding<unknown> => ({ ...source, member });
  return new Proxy({}, { get: memberOf }) as Needs<Required<T>>;
}

/** Makes a component and all that it needs, each once. @throws Error when an input is not given. */
export function build<T>(root: Binding<T>, inputs: readonly Given[]): T {
  const assembly = assemblies.get(root) ?? new Assembly(root);
  assemblies.set(root, assembly);
  return assembly.build(inputs) as T;
}

/** The container of each root. Its bindings are made once, because they cost more than the components of a broker. */
const assemblies = new WeakMap<Binding<unknown>, Assembly>();

/** The bindings of a root. Each build makes new components. */
class Assembly {
  readonly #container = new Container();
  readonly #root: Binding<unknown>;
  /** Of the current build. */
  #inputs: ReadonlyMap<symbol, unknown> = new Map();

  constructor(root: Binding<unknown>) {
    this.#root = root;
    this.#bind(root, new Set());
  }

  build(inputs: readonly Given[]): unknown {
    const outer = this.#inputs;
    this.#inputs = new Map(inputs);
    try {
      return this.#container.get(this.#root.id);
    } finally {
      this.#inputs = outer;
    }
  }

  #bind({ id, needs, make }: Binding<unknown>, bound: Set<symbol>): void {
    if (bound.has(id)) return;
    bound.add(id);
    for (const need of needs) this.#bind(need, bound);
    const ids = needs.map((need) => need.id);
    this.#container
      .bind(id)
      .toResolvedValue(make ?? (() => this.#given(id)), ids)
      .inRequestScope();
  }

  #given(id: symbol): unknown {
    if (!this.#inputs.has(id)) throw new Error(`the input ${String(id.description)} is not given`);
    return this.#inputs.get(id);
  }
}

function fromNeeds(name: string, parts: Needs<object>, make: (parts: object) => unknown): Binding<never> {
  const named = Object.entries(parts as Record<string, Binding<unknown>>);
  const partOf = ({ member }: Binding<unknown>, whole: unknown): unknown =>
    member === undefined ? whole : (whole as Record<PropertyKey, unknown>)[member];
  return {
    id: Symbol(name),
    needs: named.map(([, need]) => need),
    make: (...values) => {
      const made: Record<string, unknown> = {};
      for (const [index, [key, need]] of named.entries()) made[key] = partOf(need, values[index]);
      return make(made);
    },
  };
}
