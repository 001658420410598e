@file:JvmName("Explain")

package io.planguard

/** The language of the device as one that has texts: Simplified Chinese for Chinese, else English. */
public fun screenLocale(): Locale =
    if (java.util.Locale.getDefault().language == "zh") Locale.ZH_HANS else Locale.EN

/** In sentences for a screen, in the device's language. */
public fun FeatureDecision.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun FeatureAssessment.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun Verdict.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun Assessment.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun LoginOutcome.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun Rejection.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun Remedy.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun Event.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun Bill.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun Forecast.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun ChangePreview.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun Lifecycle.explain(): String = explain(screenLocale())

/** In sentences for a screen, in the device's language. */
public fun PlanguardException.explain(): String = explain(screenLocale())
