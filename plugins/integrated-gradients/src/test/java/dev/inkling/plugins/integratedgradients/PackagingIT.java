package dev.inkling.plugins.integratedgradients;

import dev.inkling.tck.PluginPackagingTest;

class PackagingIT extends PluginPackagingTest {}
