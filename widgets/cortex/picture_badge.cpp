#include "widgets/cortex/picture_badge.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPixmap>

#include "widgets/state/picture_response.h"
#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

constexpr QSize kRoom(120, 84);

}  // namespace

PictureBadge::PictureBadge(WorkbenchState& state, QWidget* parent)
    : QFrame(parent), m_state(state), m_picture(new QLabel(this)), m_text(new QLabel(this)) {
  setObjectName("pictureBadge");
  m_text->setObjectName("pictureBadgeText");
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  // A long file name is not to make the window wider.
  m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(10, 6, 10, 4);
  layout->setSpacing(10);
  layout->addWidget(m_picture);
  layout->addWidget(m_text, 1);
  connect(&state, &WorkbenchState::mapChanged, this, &PictureBadge::refresh);
  connect(&state, &WorkbenchState::pictureResponseChanged, this, &PictureBadge::refresh);
  refresh();
}

void PictureBadge::refresh() {
  const auto& response = m_state.pictureResponse();
  setVisible(m_state.map() == MapKind::Picture && response);
  if (!isVisibleTo(parentWidget())) return;
  const qreal scale = devicePixelRatioF();
  QPixmap picture =
      QPixmap::fromImage(response->picture.scaled(kRoom * scale, Qt::KeepAspectRatio, Qt::SmoothTransformation));
  picture.setDevicePixelRatio(scale);
  m_picture->setPixmap(picture);
  m_text->setText(response->description);
  m_text->setToolTip(response->description);
}

}  // namespace corticast
