/// The style sheet of a picture: a class for each colour that it uses and that depends on the theme.
///
/// All pictures of a theme have the same rule for a class, since the rules of pictures in one page
/// apply to each other.
struct SVGRules {
  private var used: [String: (property: String, source: Paint.Source)] = [:]

  /// The attributes for a filled and a stroked shape; nil for neither.
  mutating func attributes(fill: Paint?, stroke: Paint?) -> String {
    var classes: [String] = []
    var attributes = ""
    for (property, paint) in [("fill", fill), ("stroke", stroke)] {
      switch paint?.source {
      case nil: if property == "fill" { attributes += " fill=\"none\"" }
      case .transparent?: attributes += " \(property)=\"none\" pointer-events=\"all\""
      case .own(let color)?: attributes += " \(property)=\"\(color.hex)\""
      case .scale(let place)?: attributes += " \(property)=\"\(Palette.scale(place).hex)\""
      case let source?:
        let name = property.prefix(1) + "-" + SVGRules.name(source)
        used[name] = (property, source)
        classes.append(name)
      }
      if let opacity = paint?.opacity, opacity < 1 {
        attributes += " \(property)-opacity=\"\(coordinateText(opacity))\""
      }
    }
    let list = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
    return list + attributes
  }

  private static func name(_ source: Paint.Source) -> String {
    switch source {
    case .text: "text"
    case .mutedText: "muted"
    case .axis: "axis"
    case .grid: "grid"
    case .series(let index): "\(index % Palette.light.series.count)"
    case .background, .transparent, .own, .scale: "ground"
    }
  }

  /// The rules, a line each.
  func text(_ theme: Theme) -> String {
    let fonts = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"
    let root = ".lai-\(theme.rawValue)"
    let rules = "\(root) text{font-family:\(fonts)}\n" + self.rules(root, .of(theme))
    guard theme == .automatic else { return rules }
    return rules + "@media (prefers-color-scheme:dark){\n" + self.rules(root, .dark) + "}\n"
  }

  private func rules(_ root: String, _ palette: Palette) -> String {
    used.sorted { $0.key < $1.key }.map { name, use in
      "\(root) .\(name){\(use.property):\(palette.color(use.source).hex)}\n"
    }.joined()
  }
}
