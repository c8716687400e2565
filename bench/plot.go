package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// Size of the picture and of what is in it, in pixels.
const (
	plotWidth   = 960
	panelHeight = 300
	left        = 70
	right       = 20
	top         = 50
	bottom      = 60
)

// drawing is a picture on its way: panels below each other.
type drawing struct {
	strings.Builder
	panels int
}

// put writes SVG.
func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.Builder, format, args...) }

// colors tell series apart, also for those who see red and green alike.
func colors() []string {
	return []string{"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#000000"}
}

// plot draws the report: issues per second, where the CPU of a signed call goes, and
// growth.
func (r *report) plot() string {
	d := &drawing{}
	r.plotSales(d)
	r.plotCalls(d)
	r.plotGrowth(d)
	height := max(1, d.panels) * panelHeight
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
<rect width="100%%" height="100%%" fill="white"/>
%s</svg>
`, plotWidth, height, d.String())
}

// panel is one chart. Its y axis goes from 0 to most.
type panel struct {
	*drawing
	at   float64
	most float64
}

// begin starts a panel with a title and an axis.
func (d *drawing) begin(title string, most float64) *panel {
	p := &panel{drawing: d, at: float64(d.panels * panelHeight), most: roundUp(most)}
	d.panels++
	p.text(left, p.at+24, "start", "<tspan font-size=\"15\" font-weight=\"bold\">"+html.EscapeString(title)+"</tspan>")
	const steps = 4
	for i := range steps + 1 {
		v := p.most * float64(i) / steps
		y := p.y(v)
		d.put(`<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/>`+"\n", left, y, plotWidth-right, y)
		p.text(left-6, y+4, "end", strings.TrimSuffix(digits(v), ".00"))
	}
	return p
}

// roundUp gives an axis a round end.
func roundUp(v float64) float64 {
	if v <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))) //nolint:mnd // decimal
	for _, n := range []float64{1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8} {
		if n*unit >= v {
			return n * unit
		}
	}
	return 10 * unit //nolint:mnd // decimal
}

func (p *panel) y(v float64) float64 {
	const height = panelHeight - top - bottom
	return p.at + top + height*(1-min(v, p.most)/p.most)
}

// text writes at a place; content is SVG.
func (d *drawing) text(x, y float64, anchor, content string) {
	d.put(`<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", x, y, anchor, content)
}

func (p *panel) bar(x, width, from, to float64, color string) {
	p.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x, p.y(to), width, p.y(from)-p.y(to), color)
}

// label writes lines below the axis.
func (p *panel) label(x float64, lines []string) {
	const first, each = 16, 14
	for i, line := range lines {
		p.text(x, p.at+panelHeight-bottom+first+each*float64(i), "middle", html.EscapeString(line))
	}
}

// legend names the series below a panel.
func (p *panel) legend(names []string) {
	const perName = 7
	x := float64(left)
	y := p.at + panelHeight - 12
	for i, name := range names {
		p.put(`<rect x="%.1f" y="%.1f" width="10" height="10" fill="%s"/>`+"\n", x, y-9, colors()[i%len(colors())])
		p.text(x+14, y, "start", html.EscapeString(name))
		x += 30 + float64(perName*len([]rune(name)))
	}
}

// inside is the width that charts have.
const inside = plotWidth - left - right

// plotSales draws issues per second of one hot stock: a group of bars for each contender,
// a bar for each number of clients.
func (r *report) plotSales(d *drawing) {
	var names []string
	most := 0.0
	for i := range r.sales {
		if f := &r.sales[i]; f.stocks == 1 {
			most = max(most, f.perSecond)
			if !slices.Contains(names, f.contender) {
				names = append(names, f.contender)
			}
		}
	}
	if len(names) == 0 {
		return
	}
	p := d.begin("Issues per second of one hot stock, without HTTP and signatures", most)
	group := float64(inside) / float64(len(names))
	width := group * 0.8 / float64(len(r.options.clients))
	for i, name := range names {
		x := left + group*float64(i)
		p.label(x+group/2, strings.SplitN(name, ", ", 2))
		for k, clients := range r.options.clients {
			v := r.hot(name)[clients]
			bx := x + group*0.1 + width*float64(k)
			p.bar(bx, width-2, 0, v, colors()[k%len(colors())])
			p.text(bx+width/2, p.y(v)-3, "middle", `<tspan font-size="10">`+digits(v)+"</tspan>")
		}
	}
	var legend []string
	for _, clients := range r.options.clients {
		legend = append(legend, fmt.Sprintf("%d clients", clients))
	}
	p.legend(legend)
}

// plotCalls draws where the CPU of a signed call goes: signatures, the rest of the
// server, the database.
func (r *report) plotCalls(d *drawing) {
	// The floor is of RSA.
	calls := slices.DeleteFunc(slices.Clone(r.calls), func(f callFigures) bool { return f.engine == onSM2 })
	if len(calls) == 0 || r.floor == nil {
		return
	}
	most := 0.0
	for _, f := range calls {
		most = max(most, microseconds(max(f.used.server, r.floor.both())+f.used.database))
	}
	p := d.begin("CPU µs of one signed call over HTTP", most)
	group := float64(inside) / float64(len(calls))
	for i, f := range calls {
		x := left + group*float64(i) + group*0.2
		p.label(x+group*0.3, []string{f.engine, f.scenario})
		from := 0.0
		signatures := min(r.floor.both(), f.used.server)
		for k, v := range []float64{microseconds(signatures), microseconds(f.used.server - signatures), microseconds(f.used.database)} {
			p.bar(x, group*0.6, from, from+v, colors()[k])
			from += v
		}
		p.text(x+group*0.3, p.y(from)-3, "middle", digits(from))
	}
	p.legend([]string{"signatures alone", "rest of the server", "database"})
}

// plotGrowth draws the cost of an issue relative to the smallest size.
func (r *report) plotGrowth(d *drawing) {
	curves, names := r.curves()
	if len(names) == 0 {
		return
	}
	most, largest := 1.3, 1.0
	for _, name := range names {
		for _, at := range curves[name] {
			most, largest = max(most, at[1]), max(largest, at[0])
		}
	}
	p := d.begin("Cost of an issue as things grow, relative to the smallest size (log scale; dashed: goal)", most)
	decades := math.Ceil(math.Log10(largest))
	x := func(size float64) float64 { return left + inside*math.Log10(max(1, size))/max(1, decades) }
	for decade := range int(decades) + 1 {
		p.text(x(math.Pow10(decade)), p.at+panelHeight-bottom+16, "middle", fmt.Sprintf("10<tspan dy=\"-5\" font-size=\"9\">%d</tspan>", decade))
	}
	const allowed = 1.3
	d.put(`<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#d55e00" stroke-dasharray="6 4"/>`+"\n", left, p.y(allowed), plotWidth-right, p.y(allowed))
	for i, name := range names {
		var points []string
		for _, at := range curves[name] {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(at[0]), p.y(at[1])))
			d.put(`<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x(at[0]), p.y(at[1]), colors()[i%len(colors())])
		}
		d.put(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), colors()[i%len(colors())])
	}
	p.legendOfTwo(names)
}

// legendOfTwo names many series, in two lines.
func (p *panel) legendOfTwo(names []string) {
	const perColumn = 2
	column := float64(inside) / math.Ceil(float64(len(names))/perColumn)
	for i, name := range names {
		x, y := left+column*float64(i/perColumn), p.at+panelHeight-26+14*float64(i%perColumn)
		p.put(`<rect x="%.1f" y="%.1f" width="10" height="10" fill="%s"/>`+"\n", x, y-9, colors()[i%len(colors())])
		p.text(x+14, y, "start", `<tspan font-size="11">`+html.EscapeString(name)+"</tspan>")
	}
}

// curves are size and relative cost, by engine and what grew.
func (r *report) curves() (points map[string][][2]float64, names []string) {
	points = map[string][][2]float64{}
	first := map[string]float64{}
	for i := range r.growth {
		f := &r.growth[i]
		name := f.engine + ": " + f.what
		cost := microseconds(f.cpu())
		if first[name] == 0 {
			first[name] = cost
			names = append(names, name)
		}
		if first[name] > 0 {
			points[name] = append(points[name], [2]float64{float64(f.size), cost / first[name]})
		}
	}
	return points, names
}
