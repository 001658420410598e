@file:JvmName("Names")

package io.planguard

/** The ids of the built-in price lists. Others are the app's own: any name will do. */
public object CatalogIds {
    /** International site, November 2022. */
    public const val INTL_2022: String = "intl-2022"

    /** International site, August 2024. */
    public const val INTL_2024: String = "intl-2024"

    /** Chinese site; no prices in the source. */
    public const val CN_DAU: String = "cn-dau"

    /** International site, 2026. From public pages, not from the seed documents. */
    public const val INTL_2026: String = "intl-2026"
}

/** International site, November 2022. */
public val Catalog.Companion.INTL_2022: CatalogId get() = CatalogIds.INTL_2022

/** International site, August 2024. */
public val Catalog.Companion.INTL_2024: CatalogId get() = CatalogIds.INTL_2024

/** Chinese site; no prices in the source. */
public val Catalog.Companion.CN_DAU: CatalogId get() = CatalogIds.CN_DAU

/** International site, 2026. From public pages, not from the seed documents. */
public val Catalog.Companion.INTL_2026: CatalogId get() = CatalogIds.INTL_2026

/** The ids of the editions in the built-in price lists. Price lists share them: each is looked up in one. */
public object Edition {
    /** `intl-2022` and `intl-2026` Free. */
    public const val FREE: String = "free"

    /** `intl-2022` and `intl-2026` Pro. */
    public const val PRO: String = "pro"

    /** `intl-2022` Ultimate. */
    public const val ULTIMATE: String = "ultimate"

    /** `intl-2024` and `intl-2026` Free Trial. */
    public const val FREE_TRIAL: String = "free_trial"

    /** `intl-2024` and `intl-2026` Standard. */
    public const val STANDARD: String = "standard"

    /** `intl-2024` Premium. */
    public const val PREMIUM: String = "premium"

    /** `cn-dau` Trial. */
    public const val TRIAL: String = "trial"

    /** `cn-dau` Professional. */
    public const val PROFESSIONAL: String = "professional"

    /** `cn-dau` Flagship. */
    public const val FLAGSHIP: String = "flagship"

    /** `intl-2026` Pro Plus. */
    public const val PRO_PLUS: String = "pro_plus"

    /** `intl-2026` Enterprise. */
    public const val ENTERPRISE: String = "enterprise"
}

/** A person opened chat. */
public val LoginIntent.Companion.OPEN_CHAT: LoginIntent get() = LoginIntent.OpenChat

/** The app was started, which is not to say that its user wants to chat. */
public val LoginIntent.Companion.APP_LAUNCH: LoginIntent get() = LoginIntent.AppLaunch

/** The network came back. */
public val LoginIntent.Companion.RECONNECT: LoginIntent get() = LoginIntent.Reconnect

/** A push message woke the app in the background. */
public val LoginIntent.Companion.PUSH_WAKE: LoginIntent get() = LoginIntent.PushWake

/** The app wants data at hand before anybody asks for it. */
public val LoginIntent.Companion.PREFETCH: LoginIntent get() = LoginIntent.Prefetch

/** Somebody watches a group without taking part. */
public val LoginIntent.Companion.VIEW_ONLY: LoginIntent get() = LoginIntent.ViewOnly

/** The `UserSig` expired or is about to, and the app has a new one. */
public val LoginIntent.Companion.RENEW_USER_SIG: LoginIntent get() = LoginIntent.RenewUserSig
