/** The part of Alpine's CSP build that is used: it ships no types. */
declare module '@alpinejs/csp' {
  interface AlpineComponent {
    /** The element with `x-data`. */
    readonly $el: HTMLElement;
  }
  const Alpine: {
    data<T extends object>(name: string, component: () => T & ThisType<T & AlpineComponent>): void;
    start(): void;
  };
  export default Alpine;
}
