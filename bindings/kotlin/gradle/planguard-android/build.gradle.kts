plugins {
    id("com.android.library") version "8.7.3"
    kotlin("android") version "2.2.21"
    `maven-publish`
}

group = "io.planguard"
version = "0.1.0"

android {
    namespace = "io.planguard.android"
    compileSdk = 34

    defaultConfig {
        minSdk = 24
        consumerProguardFiles("../../android/aar/proguard.txt")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
        // java.time below API 26.
        isCoreLibraryDesugaringEnabled = true
    }

    kotlinOptions {
        jvmTarget = "1.8"
    }

    sourceSets.getByName("main") {
        manifest.srcFile("../../android/aar/AndroidManifest.xml")
        kotlin.srcDirs("../../jvm/src/main/kotlin", "../../android/src/main/kotlin", "../../generated/kotlin")
        jniLibs.srcDir("../../generated/jni")
    }

    publishing {
        singleVariant("release") {
            withSourcesJar()
        }
    }
}

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.10.2")
    // As an AAR: the jar has no libraries for Android.
    implementation("net.java.dev.jna:jna:5.18.1@aar")
    coreLibraryDesugaring("com.android.tools:desugar_jdk_libs:2.1.3")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "planguard-android"
            afterEvaluate { from(components["release"]) }
        }
    }
}
