extension Report {
  /// Colours are those of the charts: their background is the page's. The dark ones are for screens
  /// alone.
  static let style = """
    :root { --text: #1f2328; --back: #ffffff; --line: #c8ccd0; --soft: #f3f4f6; --focus: #0072b2; }
    @media screen and (prefers-color-scheme: dark) {
      :root { --text: #e6edf3; --back: #0f1419; --line: #4a4f55; --soft: #1c222a; --focus: #3d9be0; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; color: var(--text); background: var(--back);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
    main { max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
    h1 { font-size: 1.6rem; line-height: 1.2; }
    h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
    .wide { overflow: auto; max-height: 36rem; margin: 1rem 0; }
    .wide:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
    table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 0.25rem 0.6rem; text-align: right; white-space: nowrap;
      border-bottom: 1px solid var(--line); }
    th:first-child, td:first-child { text-align: left; }
    thead th { position: sticky; top: 0; background: var(--back); }
    pre { margin: 0; padding: 0.75rem; background: var(--soft); font-size: 0.85rem; width: max-content;
      min-width: 100%; overflow-wrap: normal; }
    .figures { display: grid; gap: 1rem 2rem;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); }
    figure { margin: 0; }
    figure svg { display: block; }
    figcaption { font-size: 0.9rem; }
    dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: 0.2rem 1rem; margin: 0; }
    dt { font-weight: 600; }
    dd { margin: 0; }
    @media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.4rem; } }
    @media print {
      body { font-size: 10pt; }
      .wide { overflow: visible; max-height: none; }
      table { font-size: 7.5pt; }
      th, td { padding: 0.15rem 0.3rem; white-space: normal; }
      thead th { position: static; }
      pre { width: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8pt; }
      .figures { grid-template-columns: 1fr 1fr; }
      figure, tr { break-inside: avoid; }
      h2 { break-after: avoid; }
    }

    """
}
