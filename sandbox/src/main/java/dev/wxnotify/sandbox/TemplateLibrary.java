package dev.wxnotify.sandbox;

import dev.wxnotify.sandbox.LibraryTemplate.Entry;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A small public library, with every kind of template that WeChat's has. */
final class TemplateLibrary {

  /** A category that an app has. */
  record Category(int id, String name) {}

  static final List<Category> CATEGORIES =
      List.of(new Category(616, "公交"), new Category(2, "智能设备"));

  static final List<LibraryTemplate> TEMPLATES =
      List.of(
          new LibraryTemplate(
              99,
              "付款成功通知",
              false,
              616,
              List.of(
                  new Entry(1, "物品名称", "月票", "thing"),
                  new Entry(2, "付款金额", "￥30.00", "amount"),
                  new Entry(3, "付款时间", "2026年11月24日 15:01", "date"),
                  new Entry(4, "订单编号", "SN20261124-0002", "character_string"),
                  new Entry(5, "乘客姓名", "张三", "name"),
                  new Entry(6, "备注", "请出示二维码乘车", "thing"))),
          new LibraryTemplate(
              401,
              "到站提醒",
              false,
              616,
              List.of(
                  new Entry(1, "线路名称", "机场大巴一号线", "thing"),
                  new Entry(2, "到站时间", "15:01", "time"),
                  new Entry(3, "车牌号", "粤A8Z888挂", "car_number"),
                  new Entry(4, "状态", "即将到站", "phrase"))),
          new LibraryTemplate(
              1007,
              "洗衣机故障提醒",
              true,
              2,
              List.of(
                  new Entry(1, "完成时间", "2026-11-24 20:00", "time"),
                  new Entry(2, "所在位置", "阳台", "enum_string", List.of("客厅", "阳台", "卫生间")),
                  new Entry(3, "提示说明", "排水异常", "enum_string", List.of("排水异常", "进水异常")))),
          new LibraryTemplate(
              10_000_001,
              "设备状态通知",
              false,
              2,
              List.of(
                  new Entry(1, "设备名称", "客厅空调", "thing"),
                  new Entry(2, "告警次数", "3", "number"),
                  new Entry(3, "服务电话", "+86-0766-66888866", "phone_number"))));

  private TemplateLibrary() {}

  static Optional<LibraryTemplate> find(int tid) {
    return TEMPLATES.stream().filter(template -> template.tid() == tid).findFirst();
  }

  static boolean hasCategories(Set<Integer> ids) {
    return ids.stream()
        .allMatch(id -> CATEGORIES.stream().anyMatch(category -> category.id() == id));
  }

  static List<LibraryTemplate> inCategories(Set<Integer> ids) {
    return TEMPLATES.stream().filter(template -> ids.contains(template.categoryId())).toList();
  }
}
