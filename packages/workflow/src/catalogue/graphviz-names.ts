/**
 * Names that belong to Graphviz alone: they draw and mean nothing to a run, so they are no mistakes. Sets
 * and not rules, because only the question whether a name is one of them is ever asked.
 */

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Attributes of graphs, nodes and edges that a picture uses. */
export const DRAWING_ATTRIBUTES = names(`
  Damping K URL _background area arrowhead arrowsize arrowtail bb beautify bgcolor center charset class
  cluster clusterrank color colorscheme comment compound concentrate constraint decorate defaultdist dim
  dimen dir diredgeconstraints distortion dpi edgeURL edgehref edgetarget edgetooltip epsilon esep fillcolor
  fixedsize fontcolor fontname fontnames fontpath fontsize forcelabels gradientangle group headURL head_lp
  headclip headhref headlabel headport headtarget headtooltip height href id image imagepath imagepos
  imagescale inputscale label labelURL label_scheme labelangle labeldistance labelfloat labelfontcolor
  labelfontname labelfontsize labelhref labeljust labelloc labeltarget labeltooltip landscape layer
  layerlistsep layers layerselect layersep layout len levels levelsgap lhead lheight linelength lp ltail
  lwidth margin maxiter mclimit mindist minlen mode mosek newrank nodesep nojustify normalize
  notranslate nslimit nslimit1 oneblock ordering orientation outputorder overlap overlap_scaling
  overlap_shrink pack packmode pad page pagedir pencolor penwidth peripheries pin pos quadtree quantum
  radius rank rankdir ranksep ratio rects regular remincross repulsiveforce resolution root rotate rotation
  samehead sametail samplepoints scale searchsize sep shape shapefile showboxes sides size skew smoothing
  sortv splines start style stylesheet tail_lp tailURL tailclip tailhref taillabel tailport tailtarget
  tailtooltip target tooltip truecolor vertices viewport voro_margin weight width xdotversion xlabel xlp z
`);

/** Shapes that a picture knows and that say nothing about what a node does. */
export const DRAWING_SHAPES = names(`
  polygon ellipse oval circle point egg triangle plaintext plain trapezium pentagon septagon octagon
  doublecircle doubleoctagon invtriangle invtrapezium invhouse Mcircle rect rectangle square star none
  underline cylinder note folder box3d promoter cds terminator utr primersite restrictionsite
  fivepoverhang threepoverhang noverhang assembly signature rpromoter rarrow larrow lpromoter record Mrecord
  underline proteasesite proteinstab rnastab rnasite ribosite fivepoverhang threepoverhang
`);
