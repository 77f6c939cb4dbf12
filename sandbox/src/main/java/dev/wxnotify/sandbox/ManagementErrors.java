package dev.wxnotify.sandbox;

import static java.util.Map.entry;

import java.util.Map;

/**
 * What WeChat writes for the error codes of calls that send nothing: template management, requests
 * by rid, and cloud hosting. The texts of 20002, 200011, 200013, 200016 to 200019, 200021, 200022,
 * 85105 and 85107 are the sandbox's own; nobody has quoted WeChat's.
 */
final class ManagementErrors {

  static final int NO_SUCH_TEMPLATE = 20001;
  static final int BAD_PARAMETER = 20002;
  static final int TOO_MANY_TEMPLATES = 200012;
  static final int BAD_TID = 200014;
  static final int BAD_START = 200016;
  static final int BAD_LIMIT = 200017;
  static final int IDS_MISSING = 200018;
  static final int BAD_IDS = 200019;
  static final int BAD_KEYWORDS = 200020;
  static final int BAD_SCENE = 200021;
  static final int DUPLICATE_TEMPLATE = 200022;
  static final int RID_NOT_FOUND = 76001;
  static final int BAD_RID = 76002;
  static final int RID_OF_ANOTHER = 76003;
  static final int RID_EXPIRED = 76004;
  static final int FORBIDDEN_CGI_PATH = 76022;

  /** What a caller gets that posts JSON where WeChat reads a form. */
  static final String MISSING_TID = "missing parameter tid";

  private static final Map<Integer, String> TEXTS =
      Map.ofEntries(
          entry(NO_SUCH_TEMPLATE, "system error"),
          entry(BAD_PARAMETER, "invalid parameter"),
          entry(43106, "this template is punished"),
          entry(200011, "this account has been banned from adding templates"),
          entry(TOO_MANY_TEMPLATES, "the number of private templates reaches the limit"),
          entry(200013, "this template has been banned"),
          entry(BAD_TID, "tid does not exist"),
          entry(BAD_START, "invalid start"),
          entry(BAD_LIMIT, "invalid limit"),
          entry(IDS_MISSING, "missing parameter ids"),
          entry(BAD_IDS, "invalid ids"),
          entry(BAD_KEYWORDS, "invalid keywords"),
          entry(BAD_SCENE, "invalid sceneDesc"),
          entry(DUPLICATE_TEMPLATE, "a template with this title and these keywords exists"),
          entry(RID_NOT_FOUND, "rid not found, please check"),
          entry(BAD_RID, "rid is error"),
          entry(RID_OF_ANOTHER, "could not query this rid, no permission"),
          entry(RID_EXPIRED, "rid is expired"),
          entry(85105, "the kind of account cannot use this token"),
          entry(85107, "this api is not allowed for cloudbase_access_token"),
          entry(85112, "cloudbase_secret not found"),
          entry(85113, "cloudbase_token is not ready yet, please try again later"));

  private ManagementErrors() {}

  static String of(int errcode) {
    return TEXTS.getOrDefault(errcode, "sandbox: error without a known text");
  }
}
