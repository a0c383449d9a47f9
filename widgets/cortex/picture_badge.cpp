#include "widgets/cortex/picture_badge.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPixmap>

#include "widgets/state/picture_response.h"
#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

constexpr int kSide = 150;
constexpr int kMargin = 10;

}  // namespace

PictureBadge::PictureBadge(WorkbenchState& state, QWidget* parent)
    : QFrame(parent), m_state(state), m_picture(new QLabel(this)), m_text(new QLabel(this)) {
  setObjectName("pictureBadge");
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setAutoFillBackground(true);
  m_text->setObjectName("pictureBadgeText");
  m_text->setWordWrap(true);
  m_text->setMaximumWidth(kSide);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(6, 6, 6, 6);
  layout->setSpacing(4);
  layout->addWidget(m_picture);
  layout->addWidget(m_text);
  connect(&state, &WorkbenchState::mapChanged, this, &PictureBadge::refresh);
  connect(&state, &WorkbenchState::pictureResponseChanged, this, &PictureBadge::refresh);
  refresh();
}

void PictureBadge::refresh() {
  const auto& response = m_state.pictureResponse();
  setVisible(m_state.map() == MapKind::Picture && response);
  if (!isVisibleTo(parentWidget())) return;
  const qreal scale = devicePixelRatioF();
  const int side = static_cast<int>(kSide * scale);
  QPixmap picture =
      QPixmap::fromImage(response->picture.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation));
  picture.setDevicePixelRatio(scale);
  m_picture->setPixmap(picture);
  m_text->setText(response->description);
  adjustSize();
  move(kMargin, kMargin);
  raise();
}

}  // namespace corticast
