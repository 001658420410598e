package com.tencent.imsdk.v2;

/** A stub. {@link #instance} is what a test puts in the place of the provider's own. */
public abstract class V2TIMManager {
    public static final int V2TIM_STATUS_LOGINED = 1;
    public static final int V2TIM_STATUS_LOGINING = 2;
    public static final int V2TIM_STATUS_LOGOUT = 3;

    public static volatile V2TIMManager instance;

    public static V2TIMManager getInstance() {
        return instance;
    }

    public abstract void addIMSDKListener(V2TIMSDKListener listener);

    public abstract void removeIMSDKListener(V2TIMSDKListener listener);

    public abstract void login(String userID, String userSig, V2TIMCallback callback);

    public abstract void logout(V2TIMCallback callback);

    public abstract String getLoginUser();

    public abstract int getLoginStatus();

    public abstract long getServerTime();

    public abstract void callExperimentalAPI(String api, Object param, V2TIMValueCallback<Object> callback);
}
