"""Charts as SVG, drawn by hand: colours are names of tokens, so one drawing serves light, dark and print.

A chart takes plain numbers and answers text; it knows neither the workspace nor the site. Measured: a chart takes under
a millisecond here, 40 in vl-convert, which also brings 90 MB and a second at its first one. It needs no script. Edge.

    frame       scales, grid lines, labels: what all charts share
    trend       a line with its band, context and benchmark
    waterfall   movements: what was, what came and went, what is
    bars        answers by score; steps of an amount
"""
