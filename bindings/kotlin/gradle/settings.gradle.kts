// The AAR by the Android plugin, for machines that reach Google's registry. `cargo xtask bindings --only kotlin` generates the
// sources; the libraries lie in `../generated/jni/ABI/libplanguard.so`.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "planguard"
include("planguard-android")
