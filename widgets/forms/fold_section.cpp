#include "widgets/forms/fold_section.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

#include "widgets/style/theme.h"

namespace corticast {
namespace {

/// One line, cut with an ellipsis; never asks for room.
class QuietLabel : public QLabel {
 public:
  using QLabel::QLabel;
  [[nodiscard]] QSize minimumSizeHint() const override { return {0, QLabel::minimumSizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setPen(themeColours(palette()).quietText);
    painter.drawText(contentsRect(), Qt::AlignRight | Qt::AlignVCenter,
                     fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
  }
};

}  // namespace

FoldSection::FoldSection(const QString& title, QWidget* parent, const QString& name)
    : QWidget(parent),
      m_header(new QToolButton(this)),
      m_summary(new QuietLabel(this)),
      m_body(new QWidget(this)),
      m_content(new QVBoxLayout(m_body)) {
  m_header->setText(title);
  m_header->setCheckable(true);
  m_header->setAutoRaise(true);
  m_header->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_header->setIconSize(QSize(8, 8));
  m_header->setStyleSheet(
      "QToolButton { border: none; font-weight: 600; padding: 2px 0; background: transparent; }"
      "QToolButton:focus { text-decoration: underline; }");
  m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_content->setContentsMargins(14, 2, 0, 4);
  m_content->setSpacing(4);
  auto* top = new QHBoxLayout;
  top->setSpacing(8);
  top->addWidget(m_header);
  top->addWidget(m_summary, 1);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(top);
  layout->addWidget(m_body);
  connect(m_header, &QToolButton::toggled, this, [this](bool isOpen) { setOpen(isOpen); });
  m_header->setObjectName("section-" + (name.isEmpty() ? title.toLower().replace(' ', '-') : name));
  setOpen(false);
}

bool FoldSection::isOpen() const {
  return m_header->isChecked();
}

void FoldSection::setOpen(bool isOpen) {
  m_header->setChecked(isOpen);
  m_header->setArrowType(isOpen ? Qt::DownArrow : Qt::RightArrow);
  m_body->setVisible(isOpen);
  showState();
}

void FoldSection::setSummary(const QString& summary) {
  m_text = summary;
  showState();
}

void FoldSection::setMarked(bool isMarked) {
  m_isMarked = isMarked;
  QPalette colours;
  if (isMarked) colours.setColor(QPalette::ButtonText, themeColours(palette()).error);
  m_header->setPalette(colours);
  showState();
}

void FoldSection::showState() {
  const QString text = isOpen() ? QString() : m_isMarked ? tr("a value is wrong") : m_text;
  m_summary->setText(text);
  m_summary->setToolTip(text);
}

}  // namespace corticast
