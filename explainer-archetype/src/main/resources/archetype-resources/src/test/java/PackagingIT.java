package ${package};

import dev.inkling.tck.PluginPackagingTest;

/** That the jar can be dropped into Inkling; runs in 'mvn verify', when the jar is built. */
class PackagingIT extends PluginPackagingTest {}
